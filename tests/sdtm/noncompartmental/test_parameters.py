"""Parameters against curves whose areas, clearance and residence time are known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.noncompartmental.parameters import Analysis, Dosing, Settings, Values, analyse
from sdtm.noncompartmental.profiles import arrange
from sdtm.noncompartmental.starting_point import BOLUS, EXTRAVASCULAR, INFUSION

DOSE, CL, V = 100.0, 4.0, 20.0
K = CL / V
KA = 1.5


def analysed(
    times: np.ndarray,
    values: np.ndarray,
    route: int = EXTRAVASCULAR,
    *,
    dose: float = DOSE,
    duration: float = np.nan,
    tau: float = np.nan,
    steady: bool = False,
    settings: Settings | None = None,
) -> Analysis:
    none = np.full(len(times), np.nan)
    points, _ = arrange(np.zeros(len(times), int), times, values, values == 0, none, 1)
    one = np.ones(1)
    dosing = Dosing(
        np.array([route]),
        np.array([steady]),
        one * dose,
        one * duration,
        one * tau,
        np.zeros(1, int),
        np.zeros(1, int),
    )
    return analyse(points, dosing, settings)


def numbers(found: Analysis) -> Mapping[str, float]:
    return {code: float(values.value[0]) for code, values in found.parameters.items()}


def bolus(t: np.ndarray) -> np.ndarray:
    return DOSE / V * np.exp(-K * t)


def oral(t: np.ndarray) -> np.ndarray:
    return DOSE * KA / (V * (KA - K)) * (np.exp(-K * t) - np.exp(-KA * t))


def infused(t: np.ndarray, length: float = 2.0) -> np.ndarray:
    rise = DOSE / length / CL * (1 - np.exp(-K * np.minimum(t, length)))
    return rise * np.exp(-K * np.maximum(t - length, 0))


def biexponential(t: np.ndarray) -> np.ndarray:
    return 8 * np.exp(-1.2 * t) + 2 * np.exp(-0.1 * t)


def test_a_monoexponential_bolus_is_exact_with_few_samples() -> None:
    t = np.array([0.5, 1, 2, 4, 8, 16])
    found = numbers(analysed(t, bolus(t), BOLUS))
    exact = {
        "C0": DOSE / V, "LAMZ": K, "LAMZHL": math.log(2) / K, "AUCIFO": DOSE / CL, "AUCIFP": DOSE / CL,
        "AUMCIFO": DOSE / V / K**2, "CLO": CL, "VZO": V, "VSSO": V, "MRTO": 1 / K, "LAMZNPT": 6,
        "AUCPEO": 100 * math.exp(-16 * K), "AUCLST": DOSE / CL * (1 - math.exp(-16 * K)),
        "AUCPBEO": 100 * (1 - math.exp(-0.5 * K)),
    }  # fmt: skip
    assert {code: found[code] for code in exact} == pytest.approx(exact, rel=1e-12)


def test_a_bolus_sample_before_the_dose_says_nothing_about_the_start() -> None:
    t = np.array([-0.1, 0.5, 1, 2, 4])
    values = np.append(0.0, bolus(t[1:]))
    assert numbers(analysed(t, values, BOLUS))["C0"] == pytest.approx(DOSE / V)


def test_a_measured_value_at_time_zero_of_a_bolus_stays() -> None:
    t = np.array([0, 1, 2, 4.0])
    found = analysed(t, bolus(t), BOLUS)
    assert not found.starting_point_made[0] and numbers(found)["AUCPBEO"] == 0


@pytest.mark.parametrize(
    ("curve", "route", "area", "moment", "end"),
    [
        (biexponential, BOLUS, 8 / 1.2 + 2 / 0.1, 8 / 1.2**2 + 2 / 0.1**2, 120),
        (oral, EXTRAVASCULAR, DOSE / CL, DOSE / CL * (1 / K + 1 / KA), 60),
        (infused, INFUSION, DOSE / CL, DOSE / CL * (1 / K + 1), 60),
    ],
)
def test_dense_samples_of_known_curves(
    curve: Callable[[np.ndarray], np.ndarray], route: int, area: float, moment: float, end: float
) -> None:
    t = np.unique(
        np.append(np.linspace(0.0 if route != BOLUS else 0.001, 4, 2001), np.linspace(4, end, 2001))
    )
    found = numbers(analysed(t, curve(t), route, duration=2.0))
    assert found["AUCIFO"] == pytest.approx(area, rel=1e-5)
    assert found["AUMCIFO"] == pytest.approx(moment, rel=1e-5)
    assert found["CLO"] == pytest.approx(DOSE / area, rel=1e-5)
    residence = moment / area - (1 if route == INFUSION else 0)
    assert found["MRTO"] == pytest.approx(residence, rel=2e-5)
    if route != EXTRAVASCULAR:
        assert found["VSSO"] == pytest.approx(DOSE / area * residence, rel=3e-5)


def test_one_compartment_by_mouth() -> None:
    t = np.linspace(0, 80, 8001)
    # So many points that windows with a bend lie within the usual tolerance of the best one.
    found = numbers(analysed(t, oral(t), settings=Settings(tolerance=1e-12)))
    assert found["TMAX"] == pytest.approx(math.log(KA / K) / (KA - K), abs=0.01)
    assert found["VZO"] == pytest.approx(V, rel=1e-4) and found["LAMZ"] == pytest.approx(K, rel=1e-5)


def test_the_slope_of_an_infusion_begins_when_it_ends() -> None:
    t = np.array([0, 0.5, 1, 2, 3, 4, 6, 8.0])
    value = infused(t)
    value[2] = value.max() * 1.2  # a first maximum while the infusion runs
    found = analysed(t, value, INFUSION, duration=2.0)
    assert numbers(found)["LAMZLL"] == 2 and numbers(found)["LAMZ"] == pytest.approx(K)


def test_steady_state_of_repeated_boluses() -> None:
    # Bolus at steady state: C(t) = C0 exp(-K t) / (1 - exp(-K tau)); AUC over tau is dose / CL.
    t, tau = np.array([-0.1, 0.5, 1, 2, 4, 8, 12]), 12.0
    rise = 1 / (1 - math.exp(-K * tau))
    values = bolus(np.where(t < 0, tau + t, t)) * rise
    found = numbers(analysed(t, values, BOLUS, tau=tau, steady=True))
    exact = {
        "AUCTAU": DOSE / CL, "CAVG": DOSE / CL / tau, "CLTAU": CL, "VZTAU": V, "CTROUGH": values[0],
        "CMIN": values[-1], "TMIN": 12, "CMAX": values[1], "FLUCP": 100 * (values[1] - values[-1]) / (DOSE / CL / tau),
        "SWING": (values[1] - values[-1]) / values[-1], "TAU": tau,
    }  # fmt: skip
    assert {code: found[code] for code in exact} == pytest.approx(exact, rel=1e-12)


def test_the_start_at_steady_state_is_the_lowest_value_of_the_interval() -> None:
    t = np.array([1, 2, 4, 8, 12.0])
    found = analysed(t, np.array([8, 6, 4, 3, 2.0]), tau=12.0, steady=True)
    assert found.profiles.concentration[0, 0] == 2 and found.starting_point_made[0]
    # A first dose starts at 0.
    assert analysed(t, np.array([8, 6, 4, 3, 2.0])).profiles.concentration[0, 0] == 0


def test_the_interval_is_interpolated_and_extrapolated() -> None:
    t = np.array([0.5, 1, 2, 4, 8, 16])
    area = {tau: numbers(analysed(t, bolus(t), BOLUS, tau=tau))["AUCTAU"] for tau in (12.0, 24.0)}
    assert area == pytest.approx({tau: DOSE / CL * (1 - math.exp(-K * tau)) for tau in area})


def test_partial_areas_by_hand() -> None:
    t = np.array([0.5, 1, 2, 4, 8, 16])
    found = analysed(t, bolus(t), BOLUS, settings=Settings(intervals=((1, 6), (0, 24))))
    exact = [DOSE / CL * (math.exp(-K * a) - math.exp(-K * b)) for a, b in ((1, 6), (0, 24))]
    assert [float(values.value[0]) for values in found.partial.values()] == pytest.approx(exact)


# --- missing, with a reason ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "options", "code", "reason"),
    [
        ([0, 0, 0, 0], {}, "CMAX", "no concentration above the limit of quantification"),
        ([0, 9, 5, 0], {}, "LAMZ", "too few points after the maximum"),
        ([0, 9, 5, 0], {}, "AUCIFO", "too few points after the maximum"),
        ([9, 1, 2, 4], {}, "LAMZHL", "the last concentrations do not fall"),
        ([0, 9, 5, 3], {"dose": np.nan}, "CLO", "dose amount missing"),
        ([9, 5, 3, 2], {"dose": 0.0}, "CLO", "dose amount not above zero"),
        ([9, 5, 3, 2], {}, "AUCTAU", "dosing interval missing"),
        (
            [0, 9, 5, 0],
            {"tau": 12.0},
            "AUCTAU",
            "concentrations do not cover the interval and have no terminal slope",
        ),
        ([0, 9, 5, 3], {"route": INFUSION}, "MRTLST", "infusion duration missing"),
        ([0, 9, 5, 3], {"tau": 3.0}, "SWING", "lowest concentration is zero"),
        ([9, 9, 9, 9], {}, "LAMZ", "the last concentrations do not fall"),
    ],
)
def test_what_cannot_be_calculated_has_its_reason(
    values: list[float], options: dict[str, float], code: str, reason: str
) -> None:
    from sdtm.noncompartmental.parameters import REASONS

    found = analysed(np.arange(4.0), np.array(values, float), **options)  # type: ignore[arg-type]
    said = found.parameters[code]
    assert np.isnan(said.value[0]) and REASONS[int(said.reason[0])] == reason


CURVES = st.lists(st.floats(0, 1000).map(lambda x: round(x, 3)), min_size=1, max_size=12)


def _consistent(values: Values) -> bool:
    return bool(((values.reason > 0) == np.isnan(values.value)).all() and not np.isinf(values.value).any())


@given(
    CURVES,
    st.sampled_from([EXTRAVASCULAR, INFUSION, BOLUS]),
    st.booleans(),
    st.sampled_from([np.nan, 3.0, 12.0]),
)
def test_every_missing_value_has_a_reason_and_no_other_has(
    values: list[float], route: int, steady: bool, tau: float
) -> None:
    found = analysed(np.arange(len(values)) + 0.0, np.array(values), route, duration=1.0, tau=tau, steady=steady,
                     settings=Settings(intervals=((0, 5),)))  # fmt: skip
    assert all(_consistent(each) for each in [*found.parameters.values(), *found.partial.values()])


@given(CURVES, st.floats(0.01, 100))
def test_scaling_concentrations_scales_what_they_are_made_of(values: list[float], factor: float) -> None:
    t = np.arange(len(values)) * 1.5
    one, other = (
        numbers(analysed(t, np.array(values), tau=6.0)),
        numbers(analysed(t, np.array(values) * factor, tau=6.0)),
    )
    for code in ("CMAX", "CLST", "AUCLST", "AUMCLST", "AUCTAU", "CMIN"):
        if not math.isnan(one[code]) and not math.isnan(other[code]):
            assert other[code] == pytest.approx(one[code] * factor, rel=1e-6)
    assert other["TMAX"] == pytest.approx(one["TMAX"], nan_ok=True)


@given(st.floats(0.01, 100), st.floats(0.1, 10))
def test_clearance_is_proportional_to_dose_and_free_of_the_unit_of_time(dose: float, stretch: float) -> None:
    t = np.array([0.5, 1, 2, 4, 8, 16])
    one = numbers(analysed(t, bolus(t), BOLUS))
    more = numbers(analysed(t, bolus(t), BOLUS, dose=DOSE * dose))
    slow = numbers(analysed(t * stretch, bolus(t), BOLUS))
    assert more["CLO"] == pytest.approx(one["CLO"] * dose) and more["VZO"] == pytest.approx(one["VZO"] * dose)
    assert slow["CLO"] == pytest.approx(one["CLO"] / stretch) and slow["VZO"] == pytest.approx(one["VZO"])
    assert slow["MRTO"] == pytest.approx(one["MRTO"] * stretch)


def test_many_profiles_are_calculated_as_each_alone() -> None:
    random = np.random.default_rng(20)
    t = np.tile([0, 0.5, 1, 2, 4, 8, 12, 24], 40)
    row = np.repeat(np.arange(40), 8)
    values = np.round(random.lognormal(1, 1, len(t)) * np.exp(-0.1 * t), 3)
    values[random.random(len(t)) < 0.2] = 0
    none, ones = np.full(len(t), np.nan), np.ones(40)
    route = random.integers(0, 3, 40)
    points, _ = arrange(row, t, values, values == 0, none, 40)
    dosing = Dosing(
        route, route == 1, ones * DOSE, ones * 1.0, ones * 12, np.zeros(40, int), np.zeros(40, int)
    )
    together = analyse(points, dosing)
    for number in range(40):
        mine = row == number
        alone = analysed(
            t[mine], values[mine], int(route[number]), duration=1.0, tau=12.0, steady=bool(route[number] == 1)
        )
        for code, value in alone.parameters.items():
            assert together.parameters[code].value[number] == pytest.approx(
                value.value[0], rel=1e-12, nan_ok=True
            ), code
            assert together.parameters[code].reason[number] == value.reason[0], code

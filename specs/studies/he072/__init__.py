"""The bundled study HE072 (NCT04728035): spec and SYNTHETIC raw extracts."""

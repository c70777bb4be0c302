"""``reports/index.html``: one offline page of a run, made from the files of its output folder alone."""

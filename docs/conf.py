"""How Sphinx makes a site of these pages: offline, strictly (`make docs`)."""

project = "clicksend-slack"
author = copyright = "the clicksend-slack maintainers"  # noqa: A001 - the name Sphinx reads
extensions = ["myst_parser"]
html_theme = "furo"
html_title = project
myst_heading_anchors = 3
nitpicky = True

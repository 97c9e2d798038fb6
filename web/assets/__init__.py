"""Scripts, style and icons: sources in `src`, made into `web/static/dist` by `python -m web.assets.build`."""

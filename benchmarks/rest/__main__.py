"""`python -m benchmarks.rest --database URL [--fill N]`: serve the deals, or make the tables with so many of them."""

from __future__ import annotations

import argparse

from waitress import create_server

from benchmarks.rest.configure import configure


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rest")
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fill", type=int, default=0)
    asked = parser.parse_args()
    configure(asked.database)
    if asked.fill:
        # Django reads its models only when it knows its database.
        from benchmarks.rest.fill import fill  # noqa: PLC0415

        print(fill(asked.fill))
        return
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    server = create_server(get_wsgi_application(), host="127.0.0.1", port=asked.port, threads=8)
    print(f"ready http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main()

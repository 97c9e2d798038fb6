"""`python -m benchmarks.floor --database URL --port N`: serve the floor."""

from __future__ import annotations

import argparse

from waitress import create_server

from benchmarks.floor.schema import connect
from benchmarks.floor.site import create_site


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor")
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    server = create_server(create_site(connect(asked.database)), host="127.0.0.1", port=asked.port, threads=8)
    print(f"ready http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main()

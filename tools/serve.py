"""Serves the book and the feedback pages on a local address: `make serve`."""

import argparse
import functools
import http.server
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FEEDBACK = ROOT / "_build/sample-class/grading/feedback"


class Handler(http.server.SimpleHTTPRequestHandler):
    """The book at /, the feedback pages of the sample class at /feedback/."""

    def translate_path(self, path: str) -> str:
        if path.startswith("/feedback/"):
            inside = super().translate_path(path.removeprefix("/feedback"))
            return str(FEEDBACK / Path(inside).relative_to(self.directory))
        return super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: the address is all that matters here."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    port = parser.parse_args().port
    handler = functools.partial(Handler, directory=str(ROOT / "_build/html"))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise SystemExit(f"port {port} is not free ({error}): try `--port 0`") from error
    address = f"http://127.0.0.1:{server.server_address[1]}"
    print(f"The book:     {address}/")
    print(f"The feedback: {address}/feedback/")
    print("Ctrl+C ends it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()

"""`python -m tests.hub.server`: print where it listens, and serve until standard input ends."""

import json
import sys

from tests.hub.server.serving import Hub

if __name__ == "__main__":
    hub = Hub()
    sys.stdout.write(json.dumps({"endpoint": hub.endpoint, "large": hub.large}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()

"""Pages of the SMS history by the vendor's own client, typed, on threads.

`python read.py URL CALLS THREADS` prints the seconds as JSON. It runs in an environment of its own,
which has nothing of the bot's.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import clicksend


def main(url: str, calls: int, threads: int) -> None:
    """Read one page so many times, after a few to warm up."""
    configuration = clicksend.Configuration(
        host=url, username="demo", password="key", connection_pool_maxsize=threads
    )
    with (
        clicksend.ApiClient(configuration) as client,
        ThreadPoolExecutor(threads) as pool,
    ):
        api = clicksend.SmsApi(client)

        def read(_: int) -> int:
            found = api.view_sms_history(page=1, limit=100)
            return len(found.data.data)

        list(pool.map(read, range(threads)))
        started = time.perf_counter()
        items = sum(pool.map(read, range(calls)))
        seconds = time.perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "items": items}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

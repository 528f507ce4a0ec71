"""Pages of the SMS history by the vendor's own client, typed, on threads.

`python read.py URL CALLS THREADS` prints the seconds, those of the processor and the number of
typed items, as JSON. It runs in an environment of its own, which has nothing of the bot's.
"""

import gc
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import clicksend
from clicksend.models import ViewSmsHistoryDataAllOfDataInner as Item


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
            return sum(type(item) is Item for item in found.data.data)

        list(pool.map(read, range(2 * threads + 20)))
        started, worked = time.perf_counter(), time.process_time()
        items = sum(pool.map(read, range(calls)))
        took = {
            "seconds": time.perf_counter() - started,
            "processor": time.process_time() - worked,
            "items": items,
        }
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    gc.collect()
    gc.freeze()  # as on the other side
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""The windows of the flights example by DuckDB's window functions: python3 year-by-duckdb.py EVENTS.jsonl.gz [FEATURES.csv]

Prints how long it takes from the file to a CSV, on two threads; and with what `millrace features` wrote, in how many of its
values the two differ (needs: pip install duckdb).
"""
import resource
import sys
import tempfile
import time

import duckdb

HOUR = 3_600_000
FIELDS = {
    "type": "VARCHAR", "id": "VARCHAR", "at": "TIMESTAMP", "carrier": "VARCHAR", "flight": "BIGINT", "tailnum": "VARCHAR",
    "origin": "VARCHAR", "dest": "VARCHAR", "dep_delay": "DOUBLE", "arr_delay": "DOUBLE", "visib": "DOUBLE",
    "wind_speed": "DOUBLE", "temp": "DOUBLE", "precip": "DOUBLE",
}
# name: what is taken, of which events, by which keys, over how many milliseconds
WINDOWS = {
    "visibility": ("arg_max(visib, t)", "weather_observed", "origin", 3 * HOUR),
    "wind_speed": ("arg_max(wind_speed, t)", "weather_observed", "origin", 3 * HOUR),
    "temperature": ("arg_max(temp, t)", "weather_observed", "origin", 3 * HOUR),
    "precip_4h": ("sum(precip)", "weather_observed", "origin", 4 * HOUR),
    "origin_due_3h": ("count(*)", "departure_due", "origin", 3 * HOUR),
    "origin_due_1h": ("count(*)", "departure_due", "origin", HOUR),
    "origin_departed_2h": ("count(*)", "departed", "origin", 2 * HOUR),
    "origin_late_share_2h": ("avg((dep_delay >= 15)::INT)", "departed", "origin", 2 * HOUR),
    "carrier_late_share_3h": ("avg((dep_delay >= 15)::INT)", "departed", "carrier", 3 * HOUR),
    "origin_carrier_delay_mean_3h": ("avg(dep_delay)", "departed", "origin, carrier", 3 * HOUR),
    "origin_arr_delay_mean_3h": ("avg(arr_delay)", "arrived", "origin", 3 * HOUR),
    "dest_arr_delay_mean_3h": ("avg(arr_delay)", "arrived", "dest", 3 * HOUR),
    "flight_arr_delay_mean_14d": ("avg(arr_delay)", "arrived", "carrier, flight", 14 * 24 * HOUR),
    "tail_last_arr_delay": ("arg_max(arr_delay, t)", "arrived", "tailnum", 24 * HOUR),
    "tail_since_arrival_s": ("(t - max(t)) / 1000.0", "arrived", "tailnum", 24 * HOUR),
}


def column(name, take, event, keys, over):
    aggregate = take[take.index("max(t)"):-len(") / 1000.0")] if take.startswith("(t") else take
    window = f"OVER (PARTITION BY {keys} ORDER BY t RANGE BETWEEN {over - 1} PRECEDING AND 1 PRECEDING)"
    asked = f"{aggregate} FILTER (type = '{event}') {window}"
    return f"{take.replace(aggregate, asked)} AS {name}"


events, mine = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
connection = duckdb.connect()
connection.execute("SET threads = 2")
begun = time.monotonic()
connection.execute(
    f"CREATE TABLE e AS SELECT *, epoch_ms(\"at\") AS t FROM read_json('{events}', format = 'newline_delimited', columns = {FIELDS})"
)
read = time.monotonic()
columns = ",\n  ".join(column(name, *window) for name, window in WINDOWS.items())
out = tempfile.NamedTemporaryFile(suffix=".csv")
connection.execute(
    f"COPY (SELECT id, {', '.join(WINDOWS)} FROM (SELECT id, type, t, {columns} FROM e) WHERE type = 'departure_due' ORDER BY t, id) "
    f"TO '{out.name}' (HEADER)"
)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    f"DuckDB {duckdb.__version__}: {time.monotonic() - begun:.1f} s, of it {read - begun:.1f} to read; "
    f"{usage.ru_utime + usage.ru_stime:.1f} s of CPU, {usage.ru_maxrss / 1024:.0f} MB at most"
)
if mine:
    for name in WINDOWS:
        rows, differ = connection.execute(
            f"SELECT count(*), count(*) FILTER (abs(coalesce(a.{name}, -1e9)::FLOAT - coalesce(b.{name}, -1e9)::FLOAT) > 1e-5 * "
            f"greatest(1, abs(coalesce(a.{name}, -1e9)))) FROM read_csv('{out.name}') a JOIN read_csv('{mine}') b USING (id)"
        ).fetchone()
        print(f"{name}: {differ} of {rows} differ")

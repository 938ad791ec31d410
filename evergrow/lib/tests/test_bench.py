from evergrow.lib import bench


def test_the_ratio_points_the_same_way_whichever_way_is_better():
    assert bench.Result("time", 2.0, "s", "lower", baseline="slow", baseline_value=6.0).ratio == 3.0
    assert bench.Result("rate", 6.0, "1/s", "higher", baseline="slow", baseline_value=2.0).ratio == 3.0
    assert bench.Result("time", 2.0, "s", "lower").ratio is None


def test_a_report_has_the_form_of_every_benchmark():
    report = bench.report("pages", "in process", [bench.Result("home p50", 0.1, "s", "lower", target=0.3)])
    assert set(report) == {"bench", "at", "machine", "results"}
    assert set(report["machine"]) == {"cpus", "memory_gib", "python", "python_loop_ms", "engine"}
    keys = {"metric", "value", "unit", "better", "target", "baseline", "baseline_value", "ratio"}
    assert set(report["results"][0]) == keys


def test_durations_are_sorted_and_as_many_as_asked():
    taken = bench.durations(lambda: None, repeats=5)
    assert len(taken) == 5
    assert taken == sorted(taken)
    assert bench.quantile(taken, 0.5) == taken[2]

"""What the log holds of a fault that a clock ran into: where it happened, and no word of anybody's."""

import logging

from portal import ticks
from tests import cast


def test_the_log_of_a_failed_clock_names_the_place_and_no_value(app_context, monkeypatch, caplog):
    def remind() -> int:
        raise ValueError(f"parameters: {cast.FAMILY_PHONE!r}")

    monkeypatch.setattr(ticks, "CLOCKS", {"reminders": remind})
    with caplog.at_level(logging.ERROR):
        assert ticks.tick() == {"reminders": -1}
    assert "clock reminders failed: ValueError" in caplog.text
    assert "in remind" in caplog.text
    assert cast.FAMILY_PHONE not in caplog.text

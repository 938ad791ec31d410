from evergrow.intake.tests.capture.conftest import door, spool

__all__ = ["door", "spool"]

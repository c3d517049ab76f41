from tests.web.conftest import home, sample_home

__all__ = ["home", "sample_home"]

"""Makes the frontend a part of every wheel."""

from setuptools.command.build_py import build_py

from pipeline.web.frontend.build import build


class BuildWithFrontend(build_py):
    """Builds the frontend before packages are gathered. An editable installation builds it at set-up."""

    def run(self) -> None:
        """Build."""
        if not self.editable_mode:
            build()
            self.__dict__.pop("data_files", None)
        super().run()

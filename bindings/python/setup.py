"""A wheel is for one platform when it carries the shared library.

tools/python-package puts libcustcap.so.0 beside the modules and builds from
there; without it the wheel is pure and looks for an installed library.
"""
import pathlib

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel

CARRIES = (pathlib.Path(__file__).resolve().parent
           / "custcap" / "libcustcap.so.0").exists()


class PlatformWheel(bdist_wheel):
    """py3-none-PLATFORM: no version of Python is compiled against."""

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = not CARRIES

    def get_tag(self):
        platform = super().get_tag()[2]
        return "py3", "none", platform if CARRIES else "any"


setup(cmdclass={"bdist_wheel": PlatformWheel})

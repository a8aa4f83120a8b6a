"""Credible portfolios of any size, made from a seed."""

from prodmode.instance.generator.build import generate
from prodmode.instance.generator.profiles import PROFILES, Profile
from prodmode.instance.generator.stream import generate_to

__all__ = ["PROFILES", "Profile", "generate", "generate_to"]

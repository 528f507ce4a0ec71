"""The scenes of the tour, a module a theme."""

from bot.sandbox.scenes import main, sends

SCENES = (*main.SCENES, *sends.SCENES)

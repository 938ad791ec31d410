"""The highest point of a log-likelihood by Newton steps that never go down, for a handful of positive parameters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
# Of positive parameters: the log-likelihood, its gradient, its matrix of second derivatives
Likelihood = Callable[[Array], tuple[float, Array, Array]]

FARTHEST = 12.0
MOST_STEPS = 200
LONGEST_STEP = 2.0


@dataclass(frozen=True, slots=True)
class Peak:
    """``covariance`` is that of the logarithms of the parameters; None where the peak is no full peak.

    ``is_inside`` is False where the likelihood goes on rising as a parameter grows or shrinks beyond all measure:
    then the data do not say how large it is.
    """

    parameters: Array
    height: float
    covariance: Array | None
    is_inside: bool


def climb(likelihood: Likelihood, start: Array, tolerance: float = 1e-7) -> Peak:
    """Climb in the logarithms of the parameters, from ``start``.

    A step is Newton's where the ground is curved down in all directions, else along the axes of the curvature with
    its sign turned; it is halved until the likelihood does not fall. The end is where a step promises to gain less
    than ``tolerance``.
    """
    at = np.log(start)
    height, slope, bend = _in_logs(likelihood, at)
    for _ in range(MOST_STEPS):
        step, promised = _step(slope, bend)
        if promised <= max(tolerance, 1e-14 * abs(height)):
            break
        share = 1.0
        while share > 1e-6:
            tried = np.clip(at + share * step, -FARTHEST, FARTHEST)
            reached = _in_logs(likelihood, tried)
            if np.isfinite(reached[0]) and reached[0] >= height:
                break
            share /= 2
        else:
            break
        if np.array_equal(tried, at):
            break
        at, (height, slope, bend) = tried, reached
    is_inside = bool(np.all(np.abs(at) < FARTHEST - 2.0))
    return Peak(np.exp(at), height, _covariance(bend) if is_inside else None, is_inside)


def _in_logs(likelihood: Likelihood, at: Array) -> tuple[float, Array, Array]:
    """The same height, with derivatives by the logarithms of the parameters (chain rule)."""
    parameters = np.exp(at)
    height, slope, bend = likelihood(parameters)
    turned = slope * parameters
    return height, turned, bend * np.outer(parameters, parameters) + np.diag(turned)


def _step(slope: Array, bend: Array) -> tuple[Array, float]:
    """The step, and what it promises to gain by the local parabola."""
    curves, axes = np.linalg.eigh(-bend)
    steepest = max(float(np.abs(curves).max()), 1e-12)
    along = (axes.T @ slope) / np.maximum(np.abs(curves), 1e-10 * steepest)
    step = axes @ along
    longest = float(np.abs(step).max())
    if longest > LONGEST_STEP:
        step *= LONGEST_STEP / longest
    return step, float(slope @ step) / 2


def _covariance(bend: Array) -> Array | None:
    curves = np.linalg.eigvalsh(-bend)
    if curves[0] <= 1e-9 * curves[-1] or curves[0] <= 0:
        return None
    return np.linalg.inv(-bend)

"""Congestion control against what the papers say of it, through the simulation."""

import pytest

from netlab.simulation.laws import (
    PERIODIC,
    average_window,
    average_windows,
    cubic_curve,
    cubic_law,
    square_root_law,
)


def test_the_law_itself() -> None:
    """Mathis et al. 1997: W = √(3 / 2p) segments where each 1/p-th one is lost."""
    assert square_root_law(0.01, PERIODIC) == pytest.approx((3 / (2 * 0.01)) ** 0.5)
    assert square_root_law(0.0025) == 2 * square_root_law(0.01)


@pytest.mark.parametrize(("loss", "losses"), [(0.001, 40), (0.003, 60), (0.01, 150), (0.03, 300)])
def test_renos_window_with_random_loss(loss: float, losses: int) -> None:
    window = average_window(loss, losses=losses)
    for measured in (window.cwnd, window.goodput):
        assert measured == pytest.approx(square_root_law(loss), rel=0.15)
        assert measured == pytest.approx(square_root_law(loss, PERIODIC), rel=0.15)


@pytest.mark.parametrize(("loss", "losses"), [(0.001, 10), (0.003, 20), (0.01, 50), (0.03, 90)])
def test_renos_window_with_periodic_loss(loss: float, losses: int) -> None:
    window = average_window(loss, losses=losses, periodic=True)
    assert window.predicted == square_root_law(loss, PERIODIC)
    for measured in (window.cwnd, window.goodput):
        assert measured == pytest.approx(window.predicted, rel=0.15)


def test_four_times_the_loss_halves_the_window() -> None:
    few, many = average_windows((0.005, 0.02), losses=60)
    assert few.goodput / many.goodput == pytest.approx(2, rel=0.1)


def test_without_congestion_control_the_window_knows_no_loss() -> None:
    """The law is Reno's doing, not the simulation's."""
    from netlab.tcp.congestion import Fixed

    window = average_window(0.01, losses=50, congestion=Fixed(100 * 1448))
    assert window.cwnd == 100
    assert window.cwnd > 7 * window.predicted


def test_cubics_curve() -> None:
    """RFC 9438 section 4.2: concave up to the old window, flat there, then convex."""
    curve = cubic_curve(12, grows_to=100)
    assert 100 < curve.w_max <= 220
    k = (curve.w_max * 0.3 / 0.4) ** (1 / 3)
    assert cubic_law(k, curve.w_max) == curve.w_max
    assert cubic_law(0, curve.w_max) == pytest.approx(0.7 * curve.w_max)
    assert len(curve.cwnd) == len(curve.elapsed) > 100
    assert curve.elapsed[-1] > 1.5 * k
    for elapsed, cwnd, predicted in zip(curve.elapsed, curve.cwnd, curve.predicted, strict=True):
        assert cwnd == pytest.approx(predicted, rel=0.03), elapsed
    steps = [later - earlier for earlier, later in zip(curve.cwnd, curve.cwnd[1:], strict=False)]
    flat = steps.index(min(steps))
    assert curve.elapsed[flat] == pytest.approx(k, abs=0.5)

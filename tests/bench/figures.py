# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Figures beside each other. None is a figure that there is not, and stays so."""


def minus(value, base):
    return None if value is None or base is None else value - base


def ratio(value, base):
    return None if not value or not base else value / base


def shown(value):
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"

# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Lets every Python suite import what tests/support offers."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

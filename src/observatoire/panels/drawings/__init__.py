"""Drawings of panels and profiles, in the shapes of the maps: colour never alone.

``bearings`` says where a figure stands (among those known, next to what it is compared with, over time),
from protected tables and rounded as printed. ``spine`` draws a territory's, ``tartan`` every indicator of
every territory (``strips``, ``cells``), ``ranked`` one indicator across territories or dates (``courses``);
``shapes`` are their signs, ``pages`` put them on pages, ``matrices`` on matplotlib axes.
"""

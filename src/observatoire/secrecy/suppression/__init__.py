"""Hiding and auditing one set of counts, on plain frames, by linear programs.

``relations`` and ``cell_system`` (what adds up, as rows of a matrix), ``linear_programs``, ``intervals``
and ``whole_numbers`` (what an attacker can bound), ``audit``; ``costs``, ``complementary``, ``optimal``,
``choice`` (what else to hide), ``protection`` (both, in one call), ``disclosing_sums`` (which sums give
a cell away).
"""

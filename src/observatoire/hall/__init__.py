"""The hall, one module a kind of door; :class:`~observatoire.observatory.Observatory` has them all."""

"""How figures reach a zoning.

``routes`` (tables of links and passages, chained), ``passage_store`` (passages kept in the
warehouse), ``published_counts`` (totals that producers publish, and what a part is foretold by).
"""

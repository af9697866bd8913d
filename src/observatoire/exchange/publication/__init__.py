"""What is published: a Data Package that any tool reads.

``figures``, ``series`` (which dates compare) and ``zones`` (its tables), ``descriptor``
(``datapackage.json``), ``catalogue_entry`` (``catalogue.jsonld``), ``versions`` (the former ones, kept),
``package`` (written whole or not at all).
"""

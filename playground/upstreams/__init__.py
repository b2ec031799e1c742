"""Sample upstreams on this machine: arXiv's feeds, lists and query API, Hugging Face's papers API,
and two registries of authors.

It knows their formats, their days and how they fail; it must not know Discord or whoever reads them."""

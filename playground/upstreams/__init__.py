"""Sample upstreams on this machine: arXiv's feeds, lists and query API, and Hugging Face's papers API.

It knows their formats, their days and how they fail; it must not know Discord or whoever reads them."""

"""Registries of authors as readers know them: where they show a person. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from bot.models import Profile, Registry

__all__ = ["profile_url", "registry_links"]


def profile_url(profile: Profile) -> str:
    """Its page of the person."""
    if profile.registry is Registry.OPENALEX:
        return f"https://openalex.org/{profile.id}"
    return f"https://www.semanticscholar.org/author/{profile.id}"


def registry_links(profiles: Sequence[Profile]) -> list[str]:
    """Links to where registries show the person, an ORCID once."""
    links = [f"[{profile.registry.called}]({profile_url(profile)})" for profile in profiles]
    orcids = dict.fromkeys(profile.orcid for profile in profiles if profile.orcid)
    return links + [f"[ORCID](https://orcid.org/{orcid})" for orcid in orcids]

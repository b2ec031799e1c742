"""What a paper is: its identities, categories, links, and whom to believe when upstreams differ. Pure. Knows no query and no reader."""

"""How the installation is doing: status, doctor, nightly copies. Knows no Discord."""

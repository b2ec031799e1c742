"""The daily proof that nothing was missed, and what makes good what was. Judges by pure rules; knows no Discord."""

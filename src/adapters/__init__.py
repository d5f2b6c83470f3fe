"""The technologies behind the ports; `bootstrap` alone knows them all."""

"""Start, watch and end the services of docker-compose.yml, in containers or as processes of this machine."""

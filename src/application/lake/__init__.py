"""What lies in a lake and where: checkpoints, and the outputs that readers find."""

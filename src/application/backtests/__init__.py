"""How good fits, forecasts and other recipes would have been on earlier days."""

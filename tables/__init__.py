"""Any table of measurements over time, from file to windows, and the bands around its forecasts."""

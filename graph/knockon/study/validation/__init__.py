"""How well the engine orders the losers of past days: the days, the forecasts and the scoreboard."""

"""All we hold on a party, a deal, a leg or an event, in words and tables."""

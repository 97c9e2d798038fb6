"""What is done after a transaction, outside of it: jobs, webhooks."""

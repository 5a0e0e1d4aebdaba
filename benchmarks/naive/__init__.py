"""What a competent Django developer writes in a day, kept honest: pooled connections, no debug, indexes."""

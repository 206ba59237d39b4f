"""What happens to values later: rotated, aged, copied, compared."""

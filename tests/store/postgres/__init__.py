"""What only the store on PostgreSQL promises."""

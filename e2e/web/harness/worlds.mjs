// Worlds that more than one file of tests asks for.

/** A set that takes more away than is free: two rows are red, for 4 people. */
export const twoRed = { quantity: { 'sales-premium': 35, 'service-essentials': 70, 'marketing-essentials': 25, travel: 20 } }

/** A set that only raises. */
export const onlyMore = { quantity: { 'sales-premium': 45, travel: 15 } }

/** Northwind on an ordinary day, with a set that waits for review. */
export const usual = { load: [twoRed] }

/** Who may log in to a bus, and what for. */
export interface BusUser {
  readonly user: string;
  readonly password: string;
  readonly permissions: BusPermissions;
}

/** Patterns of subjects with `*` and `>`; without a list everything is allowed. */
export interface BusPermissions {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}

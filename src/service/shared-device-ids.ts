/** Where an enrollment puts its device. */
export interface EnrolledPlace {
  readonly registrationId: string;
  /** At the hub; hubs tell ids of another case apart. */
  readonly deviceId: string;
  /** Hubs that it may be put on; none = any. */
  readonly hubs: readonly string[];
}

/** Two enrollments whose devices may become one and the same at a hub. */
export interface SharedDeviceId {
  readonly deviceId: string;
  readonly registrationIds: readonly [string, string];
}

/**
 * Enrollments that name one device id and may lead to one hub: their devices would throw each other out for ever, since a
 * hub closes the older of two connections of a device. Each is told once, with the first that it shares its id with.
 */
export function sharedDeviceIds(places: readonly EnrolledPlace[]): readonly SharedDeviceId[] {
  const seen = new Map<string, EnrolledPlace[]>();
  return places.flatMap((place): readonly SharedDeviceId[] => {
    const { deviceId, registrationId } = place;
    const others = seen.get(deviceId) ?? [];
    seen.set(deviceId, [...others, place]);
    const rival = others.find((other) => mayMeet(other.hubs, place.hubs));
    return rival === undefined
      ? []
      : [{ deviceId, registrationIds: [rival.registrationId, registrationId] }];
  });
}

const mayMeet = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === 0 || others.length === 0 || some.some((hub) => others.includes(hub));

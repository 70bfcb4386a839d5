/** What went to and from the devices of a hub. */
export interface Traffic {
  /** Of the bodies of MQTT messages, both ways, since the hub's start. */
  bytes: number;
}

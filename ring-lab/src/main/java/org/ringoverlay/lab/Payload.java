package org.ringoverlay.lab;

import java.util.List;

/** A record of ten fields, about 310 bytes of JSON, as services send them to each other. */
record Payload(
    long id,
    String kind,
    String customer,
    String street,
    String city,
    int quantity,
    double price,
    boolean express,
    List<String> tags,
    String note) {
  static Payload sample(long id) {
    return new Payload(
        id,
        "order.placed",
        "Ada Lovelace, Countess of",
        "12 St James's Square, third floor on the left",
        "London",
        3,
        1234.5625,
        true,
        List.of("fragile", "gift", "evening"),
        "Please ring twice and leave it with the porter; mind the dog, who does not bite but barks.");
  }
}

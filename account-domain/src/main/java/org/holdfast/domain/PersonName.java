package org.holdfast.domain;

/** A person's first and last name, as they write them. */
public record PersonName(String first, String last) {

  /**
   * @throws org.holdfast.domain.InvalidInput when one of them is no name
   */
  public PersonName {
    first = Text.PERSON_NAME.of("firstName", first);
    last = Text.PERSON_NAME.of("lastName", last);
  }

  /** Both, in the order they are greeted with. */
  public String full() {
    return first + " " + last;
  }
}

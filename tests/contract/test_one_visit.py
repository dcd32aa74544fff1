"""A door has one current visit, whatever was said of the one before."""


def test_visit__told_of_as_gone_and_back__stays_in_history(phone_of, door_of):
    phone, office = phone_of("siti"), phone_of("budi")
    door, _, _ = door_of(phone, outcome="selesai")
    phone.sync()
    first = next(key for key, record in phone.records.items() if record["kind"] == "visit")
    phone.save(phone.patch("visit", first, state="died", state_reason="salah catat"))
    phone.sync()
    office.sync()
    second = phone.save(
        phone.patch(
            "visit", "0193aaaa-0000-7000-8000-00000000beef", household=door, on=phone.today, outcome="selesai", seen=0
        )
    )
    phone.sync()
    office.save(office.patch("visit", first, state="active", state_reason="benar"))
    office.sync()
    phone.sync()
    visits = [key for key, record in phone.records.items() if record["kind"] == "visit"]
    assert visits == [second["patches"][0]["id"]]

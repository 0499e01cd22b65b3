"""Makes up the attendees of the example, the same ones each time: ``python make_people.py``.

Nobody in the list exists, nor do the companies and the artists; the addresses lead nowhere.
"""  # noqa: INP001 - a script beside its data, not a package

import argparse
import csv
import random
import unicodedata
from pathlib import Path

SEED = 20261008
PEOPLE = 150
WITHOUT_CONSENT = 6
PRESENCE = "presence"
"""Whoever consents to anything lets their badge be heard; the others only tap."""
WITHOUT_ALL_CONSENTS = 30
WITHOUT_COLOUR = 13
WITHOUT_ARTISTS = 9
ARTISTS_MAX = 5
PURPOSES = ("lights", "music", "push", "rewards")


def _words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = _words("""
Aaliyah Abena Adaeze Aiko Ainhoa Alejandro Amara Amina Anahit Anders Anjali Anouk Ariana Arjun
Astrid Ayşe Bastien Beatriz Benedikt Bilal Birgit Björn Bronwen Camille Carlos Catarina Chidi
Chiara Clara Cormac Dagny Dalia Daniel Deepa Diego Dilnoza Dmytro Ebba Eduardo Efua Eilidh Elif
Elio Emeka Emilia Enzo Esra Esther Fadi Farah Fatou Fiona Florian Freya Gabriela Giulia Goran
Grace Greta Guillermo Hana Hanna Haruto Hassan Helena Hiroshi Hugo Ibrahim Ida Ilse Imani Ingrid
Isabel Ivan Jakub Jamila Jan Jasmin Jia João Johanna Jonas José Judith Juma Kaito Kamala Karim
Katarzyna Kerstin Khadija Kofi Lakshmi Lars Latisha Leila Leonie Liam Lin Linnea Lucía Lukas
Łukasz Mads Mahmoud Maja Malik Manon Marek Mariam Marta Mateo Matthias Mehmet Mei Mila Minh
Mohammed Nadia Naomi Nasrin Ngozi Nikolai Nils Noor Olamide Oleksandra Omar Ondřej Paolo Petra
Priya Quentin Rachel Rafael Rania Ravi Renske Rosa Samir Sanne Selma Seo-yeon Sibusiso Signe
Søren Stella Tariq Tomás Uchenna Valentina Vikram Wanjiru Wei Xiomara Yara Yasmin Yuki Zahra Zoë
""")

LAST_NAMES = _words("""
Abdi Achterberg Adeyemi Aguilar Ahmed Albrecht Almeida Andersson Aydemir Bakker Banerjee Barbosa
Bauer Becker Bielak Björk Bondarenko Brandt Caruso Castillo Chen Chukwu Costa Dąbrowski Diallo
Dimitrov Dubois Eriksen Espinoza Farouk Fernández Fischer Fofanah Fontaine Gallagher García
Ghosh Greenfield Gruber Haddad Hakimi Hansen Hashimoto Herrera Hoang Hoffmann Horvat Ibarra Ito
Ivanova Jansen Jensen Jovanović Kaplan Karimov Kaur Keller Kiplagat Kobayashi Koch Kováč Kumar
Laurent Lehmann Lindqvist Lombardi Maas Mbeki Mehta Mensah Meyer Moreau Murphy Nakamura Ndiaye
Neumann Nguyen Novák Nowak Nwosu Oduya Okafor Olsen Ortiz Osei Özdemir Park Patel Pereira
Petrov Popescu Quist Rahman Reyes Richter Rossi Salazar Santos Schäfer Schmitt Shevchenko Silva
Singh Sørensen Sousa Suzuki Tanaka Tessema Thapa Toivonen Tran Ünal Vasquez Virtanen Vogel
Walsh Weber Wiśniewska Wójcik Yamada Yaman Zhang Zimmermann
""")

COMPANIES = (
    "Amberline Travel", "Baywater Books", "Birchgate Bank", "Copperleaf Kitchens",
    "Dovetail Insurance", "Elmstead Energy", "Fieldmark Foods", "Glasswing Optics",
    "Harrowgate Homes", "Inkwell Press", "Juniper Rail", "Kestrel Cycles", "Lanternworks",
    "Mallowfield Clinics", "Northmere Outdoor", "Oakhollow Furniture", "Pebblebrook Toys",
    "Quillstone Legal", "Rowanberry Cosmetics", "Saltmarsh Ferries", "Thornbury Tools",
    "Umberfield Paint", "Violet & Finch", "Wrenfield Schools", "Yewtree Gardens",
)  # fmt: skip

# From the best known to the least: the earlier, the more often it is somebody's favourite.
ARTISTS = (
    "disco", "The Velcro Horizon", "synth-pop", "Lantern Parade Club", "deep house",
    "Ottilie Varnhagen Trio", "Saffron Motorway", "funk", "Glasshouse Riots", "indie rock",
    "Nine Tram Stops", "afrobeat", "Marzipan Cartel", "drum and bass", "Kelp Forest Disco",
    "Tuesday Astronauts", "cumbia", "The Borrowed Umbrellas", "Paprika Undertow", "soul",
    "Hollow Bicycle", "techno", "Signal Box Choir", "Papercut Mariachi", "hip-hop",
    "Moss & Magnesium", "bossa nova", "The Unposted Letters", "Quiet Forklift", "swing",
)  # fmt: skip

COLOURS = (
    "#e53935", "#d81b60", "#8e24aa", "#5e35b1", "#3949ab", "#1e88e5", "#039be5", "#00acc1",
    "#00897b", "#43a047", "#7cb342", "#c0ca33", "#fdd835", "#ffb300", "#fb8c00", "#f4511e",
)  # fmt: skip

HEADER = (
    "badge", "first_name", "last_name", "email", "company",
    "favourite_colour", "favourite_artists", "consents",
)  # fmt: skip


def make_people(seed: int) -> list[tuple[str, ...]]:
    """Make up the rows below ``HEADER``."""
    dice = random.Random(seed)  # noqa: S311 - made-up people, no secret
    names = zip(dice.sample(FIRST_NAMES, PEOPLE), _last_names(dice), strict=True)
    uncoloured = dice.sample(range(PEOPLE), WITHOUT_COLOUR)
    unmusical = dice.sample(range(PEOPLE), WITHOUT_ARTISTS)
    consents = _consents(dice)
    return [
        (
            f"mt-{number + 1:03d}",
            first,
            last,
            f"{_ascii(first)}.{_ascii(last)}@example.org",
            dice.choice(COMPANIES),
            "" if number in uncoloured else dice.choice(COLOURS),
            "" if number in unmusical else ";".join(_artists(dice)),
            ";".join(consents[number]),
        )
        for number, (first, last) in enumerate(names)
    ]


def _last_names(dice: random.Random) -> list[str]:
    """Each name at least once, as long as there are enough people, then some again."""
    once = dice.sample(LAST_NAMES, min(PEOPLE, len(LAST_NAMES)))
    return once + dice.choices(LAST_NAMES, k=PEOPLE - len(once))


def _consents(dice: random.Random) -> list[tuple[str, ...]]:
    """Most consent to everything, some to a part, a few to nothing."""
    everything = tuple(sorted((*PURPOSES, PRESENCE)))
    consents: list[tuple[str, ...]] = [everything] * PEOPLE
    reserved = dice.sample(range(PEOPLE), WITHOUT_CONSENT + WITHOUT_ALL_CONSENTS)
    for place, number in enumerate(reserved):
        kept = 0 if place < WITHOUT_CONSENT else dice.randint(1, len(PURPOSES) - 1)
        chosen = dice.sample(PURPOSES, kept)
        consents[number] = tuple(sorted((*chosen, PRESENCE))) if chosen else ()
    return consents


def _artists(dice: random.Random) -> list[str]:
    weights = [1 / (rank + 2) for rank in range(len(ARTISTS))]
    drawn = dice.choices(ARTISTS, weights, k=dice.randint(2, ARTISTS_MAX))
    return list(dict.fromkeys(drawn))


def _ascii(name: str) -> str:
    plain = name.lower().replace("ł", "l").replace("ø", "o")
    parts = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in parts if letter.isascii() and letter.isalpha())


def main() -> None:
    """Write ``people.csv`` beside this file, or where ``--out`` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("people.csv"))
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    with arguments.out.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADER)
        rows.writerows(make_people(arguments.seed))


if __name__ == "__main__":
    main()

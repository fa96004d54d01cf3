/* Functions we do not call, because a right call looks too much like a wrong
 * one. Every .c file includes this after all its other headers. Instead:
 *   strcpy, strcat, sprintf -> buffer_add(), buffer_format()
 *   atoi, atof, strtol      -> text_to_integer()
 *   localtime, gmtime, time -> clock_now(), date_of_instant()
 *   strtok                  -> text_split()
 */
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
#pragma GCC poison atoi atol atof strtol gmtime localtime asctime ctime mktemp tmpnam
